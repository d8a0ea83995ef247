/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of outputs and the way from `--out` to one of them.
 */
#include "output/output.h"

#include "base/error.h"
#include "base/span.h"
#include "base/strbuf.h"
#include "output/output_json.h"

#define USAGE_MAX_BYTES 512

static const struct output_ops *const OUTPUTS[] = {
    &output_json_ops,
};

static const struct output_ops *find(struct span name)
{
    for (size_t i = 0; i < COUNT_OF(OUTPUTS); i++) {
        if (span_equal(name, span_cstr(OUTPUTS[i]->name)))
            return OUTPUTS[i];
    }
    return NULL;
}

static struct output *refuse(struct span name, struct error *err)
{
    AUTO(strbuf_done) struct strbuf usage = STRBUF_INIT(USAGE_MAX_BYTES);
    for (size_t i = 0; i < COUNT_OF(OUTPUTS); i++) {
        strbuf_adds(&usage, i ? ", " : "");
        strbuf_adds(&usage, OUTPUTS[i]->usage);
    }
    error_set(err, EXIT_USAGE, "output '%.*s' is not supported: use %s", SPAN_ARG(name),
              strbuf_cstr(&usage));
    return NULL;
}

struct output *output_open(const char *spec, const struct output_config *config, struct error *err)
{
    struct span argument, name = span_cut(span_cstr(spec), '=', &argument);
    const struct output_ops *ops = find(name);
    if (!ops)
        return refuse(name, err);
    return ops->open(argument.ptr ? argument.ptr : "", config, err);
}

int output_write(struct output *output, const struct sample *samples, size_t count,
                 struct error *err)
{
    return output->ops->write(output, samples, count, err);
}

int output_close(struct output **output, struct error *err)
{
    return *output ? (*output)->ops->close(output, err) : 0;
}
