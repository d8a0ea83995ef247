/* SPDX-License-Identifier: Apache-2.0
 *
 * Accept-Encoding = #( codings [ ";" "q=" qvalue ] ), RFC 9110 §12.5.3 and §12.4.2.
 */
#include "keneyapp/http/accept_encoding.h"

enum {
    WEIGHT_MAX = 1000, /* q=1 */
    WEIGHT_UNSAID = 0xffff,
};

/* qvalue = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ), in thousandths; -1 when it is none.
 */
static int parse_qvalue(struct span text)
{
    if (text.len < 1 || text.len > 5 || (text.ptr[0] != '0' && text.ptr[0] != '1') ||
        (text.len > 1 && text.ptr[1] != '.'))
        return -1;
    int weight = text.ptr[0] == '1' ? WEIGHT_MAX : 0;
    int place = 100;
    for (size_t i = 2; i < text.len; i++, place /= 10) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        weight += (text.ptr[i] - '0') * place;
    }
    return weight <= WEIGHT_MAX ? weight : -1;
}

/* What follows the coding's name; nothing means 1. -1 when it is not a weight. */
static int parse_weight(struct span parameters)
{
    struct span value;
    parameters = span_trim(parameters);
    if (!parameters.len)
        return WEIGHT_MAX;
    struct span name = span_cut(parameters, '=', &value);
    return span_equal_nocase(name, SPAN("q")) ? parse_qvalue(value) : -1;
}

/* -1: a coding that is not ours. x-gzip is gzip (RFC 9110 §8.4.1.3). */
static int coding_of(struct span name)
{
    if (span_equal_nocase(name, SPAN("gzip")) || span_equal_nocase(name, SPAN("x-gzip")))
        return ENCODING_GZIP;
    if (span_equal_nocase(name, SPAN("br")))
        return ENCODING_BROTLI;
    return span_equal_nocase(name, SPAN("identity")) ? ENCODING_IDENTITY : -1;
}

static void take_item(struct span item, struct accept_encoding *accept, int *ret_others)
{
    struct span parameters;
    struct span name = span_trim(span_cut(item, ';', &parameters));
    int weight = parse_weight(parameters), coding = coding_of(name);
    if (weight >= 0 && coding >= 0)
        accept->weight[coding] = (unsigned short)weight;
    else if (weight >= 0 && span_equal(name, SPAN("*")))
        *ret_others = weight;
}

void accept_encoding_parse(struct span header, struct accept_encoding *ret_accept)
{
    int others = WEIGHT_UNSAID;
    for (int i = 0; i < ENCODINGS; i++)
        ret_accept->weight[i] = WEIGHT_UNSAID;
    while (header.len)
        take_item(span_cut(header, ',', &header), ret_accept, &others);
    for (int i = 0; i < ENCODINGS; i++) {
        /* Identity is acceptable unless refused by name or by "*;q=0", but wanted least. */
        int unsaid = others != WEIGHT_UNSAID ? others : i == ENCODING_IDENTITY ? 1 : 0;
        if (ret_accept->weight[i] == WEIGHT_UNSAID)
            ret_accept->weight[i] = (unsigned short)unsaid;
    }
}

enum encoding accept_encoding_best(const struct accept_encoding *accept, unsigned available)
{
    enum encoding best = ENCODING_IDENTITY;
    for (int i = ENCODING_GZIP; i < ENCODINGS; i++)
        if ((available & 1u << i) && accept->weight[i] > 0 &&
            accept->weight[i] >= accept->weight[best])
            best = (enum encoding)i;
    return best;
}

const char *encoding_name(enum encoding encoding)
{
    static const char *const NAMES[ENCODINGS] = {
        [ENCODING_GZIP] = "gzip", [ENCODING_BROTLI] = "br"};

    return NAMES[encoding];
}
