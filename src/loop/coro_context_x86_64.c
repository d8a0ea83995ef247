/* SPDX-License-Identifier: Apache-2.0
 *
 * The System V ABI leaves a called function six registers and two control words to preserve
 * (psABI 3.2.1): all that a switch saves, on the stack that it leaves.
 */
#include "loop/coro_context.h"

#ifndef CORO_UCONTEXT

#include <stdint.h>

/* What the switch pops, in order of addresses. */
struct frame {
    uint32_t mxcsr;
    uint16_t x87_control, padding;
    uint64_t r15, r14, r13, r12, rbx, rbp;
    void (*return_to)(void);
    uint64_t return_address; /* of entry(): 0 ends back traces */
};

/* The jump in place of a return: the processor's stack of predicted returns knows another caller.
 */
__asm__(".text\n"
        ".p2align 4\n"
        ".globl coro_context_switch\n"
        ".hidden coro_context_switch\n"
        ".type coro_context_switch, @function\n"
        "coro_context_switch:\n"
        "    pushq %rbp\n"
        "    pushq %rbx\n"
        "    pushq %r12\n"
        "    pushq %r13\n"
        "    pushq %r14\n"
        "    pushq %r15\n"
        "    subq $8, %rsp\n"
        "    stmxcsr (%rsp)\n"
        "    fnstcw 4(%rsp)\n"
        "    movq %rsp, (%rdi)\n"
        "    movq (%rsi), %rsp\n"
        "    ldmxcsr (%rsp)\n"
        "    fldcw 4(%rsp)\n"
        "    addq $8, %rsp\n"
        "    popq %r15\n"
        "    popq %r14\n"
        "    popq %r13\n"
        "    popq %r12\n"
        "    popq %rbx\n"
        "    popq %rbp\n"
        "    popq %rcx\n"
        "    jmpq *%rcx\n"
        ".size coro_context_switch, . - coro_context_switch\n");

void coro_context_init(struct coro_context *context, void *stack, size_t stack_bytes,
                       void (*entry)(void))
{
    /* A function begins with its return address at 8 modulo 16. */
    uintptr_t top = ((uintptr_t)stack + stack_bytes) & ~(uintptr_t)15;
    struct frame *frame = (struct frame *)(top - sizeof *frame);
    *frame = (struct frame){.return_to = entry};
    __asm__("stmxcsr %0" : "=m"(frame->mxcsr));
    __asm__("fnstcw %0" : "=m"(frame->x87_control));
    context->sp = frame;
}

#endif
