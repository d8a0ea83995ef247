/* SPDX-License-Identifier: Apache-2.0
 *
 * Python class `_engine.Entry`: the counts of one row of Locust's tables (docs: _engine.pyi). It
 * owns no resource of the engine and works before open(); on any thread that holds the GIL.
 */
#ifndef SCRIPT_LOCUST_ENTRY_H
#define SCRIPT_LOCUST_ENTRY_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Adds the class to `module`. 0, or -1 with a Python exception set. */
int entry_add_to(PyObject *module);

#endif
