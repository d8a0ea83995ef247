# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# To be sourced by a scenario: tests/support/bad_http2.py over TLS; sets ACTS, lines of "NAME PORT".
command -v openssl >/dev/null || skip "openssl is not installed"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -keyout "$DIR/key.pem" -out "$DIR/cert.pem" 2>"$DIR/openssl" || skip "$(cat "$DIR/openssl")"
/usr/bin/python3 "$(dirname "$0")/../support/bad_http2.py" --tls "$DIR/cert.pem" "$DIR/key.pem" \
    >"$DIR/acts" 2>"$DIR/acts_problem" &
acts_pid=$!
trap 'kill "$acts_pid" 2>/dev/null; finish' EXIT
tries=0
until grep -q ready "$DIR/acts"; do
    [ $((tries += 1)) -lt 500 ] || { complain "no servers: $(cat "$DIR/acts_problem")"; exit 1; }
    sleep 0.02
done
