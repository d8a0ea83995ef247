/* SPDX-License-Identifier: Apache-2.0
 *
 * ab's usage text, which is also its reference: what people and scripts look for. The %s is how ab
 * was called.
 */
#ifndef CLI_AS_AB_USAGE_H
#define CLI_AS_AB_USAGE_H

/* clang-format off */
#define AB_USAGE \
    "Usage: %s [options] [http[s]://]hostname[:port]/path\n" \
    "Options are:\n" \
    "    -n requests     Number of requests to perform\n" \
    "    -c concurrency  Number of multiple requests to make at a time\n" \
    "    -t timelimit    Seconds to max. to spend on benchmarking\n" \
    "                    This implies -n 50000\n" \
    "    -s timeout      Seconds to max. wait for each response\n" \
    "                    Default is 30 seconds\n" \
    "    -b windowsize   Size of TCP send/receive buffer, in bytes\n" \
    "    -B address      Address to bind to when making outgoing connections\n" \
    "    -p postfile     File containing data to POST. Remember also to set -T\n" \
    "    -u putfile      File containing data to PUT. Remember also to set -T\n" \
    "    -T content-type Content-type header to use for POST/PUT data, eg.\n" \
    "                    'application/x-www-form-urlencoded'\n" \
    "                    Default is 'text/plain'\n" \
    "    -v verbosity    How much troubleshooting info to print\n" \
    "    -w              Print out results in HTML tables\n" \
    "    -i              Use HEAD instead of GET\n" \
    "    -x attributes   String to insert as table attributes\n" \
    "    -y attributes   String to insert as tr attributes\n" \
    "    -z attributes   String to insert as td or th attributes\n" \
    "    -C attribute    Add cookie, eg. 'Apache=1234'. (repeatable)\n" \
    "    -H attribute    Add Arbitrary header line, eg. 'Accept-Encoding: gzip'\n" \
    "                    Inserted after all normal header lines. (repeatable)\n" \
    "    -A attribute    Add Basic WWW Authentication, the attributes\n" \
    "                    are a colon separated username and password.\n" \
    "    -P attribute    Add Basic Proxy Authentication, the attributes\n" \
    "                    are a colon separated username and password.\n" \
    "    -X proxy:port   Proxyserver and port number to use\n" \
    "    -V              Print version number and exit\n" \
    "    -k              Use HTTP KeepAlive feature\n" \
    "    -d              Do not show percentiles served table.\n" \
    "    -S              Do not show confidence estimators and warnings.\n" \
    "    -q              Do not show progress when doing more than 150 requests\n" \
    "    -l              Accept variable document length (use this for dynamic pages)\n" \
    "    -g filename     Output collected data to gnuplot format file.\n" \
    "    -e filename     Output CSV file with percentages served\n" \
    "    -r              Don't exit on socket receive errors.\n" \
    "    -m method       Method name\n" \
    "    -h              Display usage information (this message)\n" \
    "    -I              Disable TLS Server Name Indication (SNI) extension\n" \
    "    -Z ciphersuite  Specify SSL/TLS cipher suite (See openssl ciphers)\n" \
    "    -f protocol     Specify SSL/TLS protocol\n" \
    "                    (SSL2, TLS1, TLS1.1, TLS1.2, TLS1.3 or ALL)\n" \
    "    -E certfile     Specify optional client certificate chain and private key\n"
/* clang-format on */

#endif
