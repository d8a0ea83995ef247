/* SPDX-License-Identifier: Apache-2.0
 *
 * Service levels from OpenSLO v1 documents (several in one file), as rows that a run can be judged
 * by. Each objective of each SLO is one row; what it is measured with stands in its metricSource:
 *
 *   type: KeneyPerf        spec: {metric: http_req_duration, stat: p(95)}   from the run itself
 *                          spec: {load: users | requests, duration: 5m, holds: [NAME, ...]}
 *                                a load that the system must carry while the named SLOs hold
 *   type: KeneyPerfWatch   spec: {watch: cpu, stat: avg | peak}   a resource watched beside the run
 *   any other type         measured elsewhere: the row is read, shown, and not judged
 *
 * docs/internals/service-levels.md has the rules. What cannot be understood is refused with its
 * place; nothing is skipped.
 */
#ifndef SLO_OPENSLO_H
#define SLO_OPENSLO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/span.h"
#include "slo/aggregate.h"
#include "slo/threshold.h"

struct error;
struct registry;

enum slo_kind {
    SLO_AGGREGATE, /* an aggregate of a metric against a bound */
    SLO_RATIO,     /* good or bad events among all */
    SLO_LOAD,      /* a load that must be carried */
    SLO_WATCH,     /* a watched resource against a bound */
    SLO_ELSEWHERE, /* measured by something that is not this run */
};

enum slo_load {
    SLO_LOAD_USERS,    /* at once */
    SLO_LOAD_REQUESTS, /* per second */
};

struct slo_metric {
    const char *selector;        /* NULL: none */
    const struct series *series; /* after openslo_bind() */
};

struct slo_row {
    enum slo_kind kind;
    const char *id;             /* metadata.name of the SLO */
    const char *section, *name; /* the service and the SLO or objective, by display name */
    int line;                   /* of the document's objective */
    double target;              /* share that must be good, 0..1 */
    enum threshold_op op;       /* how value and bound compare */
    double bound;               /* a ratio has its target instead */
    const char *unit;           /* of the bound, "" when none is known; not of a metric's */

    struct slo_metric metric; /* AGGREGATE; RATIO: the numerator */
    bool has_aggregate;       /* written, or made by openslo_bind() */
    struct aggregate aggregate;
    struct slo_metric total; /* RATIO; without: the numerator's own samples */
    bool counts_bad;         /* RATIO: the numerator counts bad events */

    enum slo_load load; /* LOAD */
    nsec_t duration_ns; /* LOAD: it must have lasted this long */
    const char **holds; /* LOAD: ids of rows that must hold meanwhile */
    size_t hold_count;

    const char *watch;  /* WATCH: name of the observation */
    bool peak;          /* WATCH: its peak, else its average */
    const char *source; /* ELSEWHERE: metricSource.type */
};

struct openslo {
    struct arena arena; /* everything below */
    const char *file;
    struct slo_row *rows;
    size_t row_count;
};

/* NULL and `err` (104, with file and line) for what is unreadable, malformed or unknown. */
struct openslo *openslo_read(const char *path, struct error *err);
struct openslo *openslo_parse(struct span text, const char *file, struct error *err);
void openslo_free(struct openslo **slo);

/* Finds or makes the series of all rows; before the registry is frozen. 0, or -1 and `err`. */
MUST_CHECK int openslo_bind(struct openslo *slo, struct registry *registry, struct error *err);

#endif
