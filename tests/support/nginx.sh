# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# nginx for scenarios and measurements: one process of our own configuration in a folder of its own,
# on a high port of 127.0.0.1. To be sourced.
#
#   start_nginx DIR [COMMAND...]   sets NGINX_PORT and NGINX_PID; COMMAND (taskset …) runs it
#                                  paths: /small (64 bytes), /count (stub_status)
#   nginx_count                    how many requests it has served, this one included
#   stop_nginx
NGINX_PORT='' NGINX_PID=''

nginx_config() {
    cat <<CONFIG
daemon off;
master_process off;
worker_processes 1;
worker_rlimit_nofile 60000;
pid $1/nginx.pid;
error_log $1/nginx-error.log crit;
events { worker_connections 30000; }
http {
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 1d;
    client_body_temp_path $1/nginx-body;
    proxy_temp_path $1/nginx-proxy;
    fastcgi_temp_path $1/nginx-fastcgi;
    uwsgi_temp_path $1/nginx-uwsgi;
    scgi_temp_path $1/nginx-scgi;
    server {
        listen 127.0.0.1:$2 backlog=30000;
        location = /small {
            default_type application/json;
            return 200 '{"status":"ok","service":"sixty-four bytes of json","number":12}';
        }
        location = /count { stub_status; }
        include $1/nginx-more[.]conf;
    }
}
CONFIG
}

# A request over bash's own sockets: no client is needed, and none is under suspicion.
nginx_get() {
    local fd line
    exec {fd}<>"/dev/tcp/127.0.0.1/$NGINX_PORT" || return 1
    printf 'GET %s HTTP/1.0\r\n\r\n' "$1" >&"$fd"
    while IFS= read -r line <&"$fd"; do
        echo "$line"
    done
    exec {fd}>&-
}

start_nginx() {
    local dir=$1 tries=0
    shift
    while [ $((tries += 1)) -le 10 ]; do
        NGINX_PORT=$((20000 + RANDOM % 10000))
        nginx_config "$dir" "$NGINX_PORT" >"$dir/nginx.conf"
        "$@" nginx -c "$dir/nginx.conf" -p "$dir/" -e "$dir/nginx-error.log" 2>"$dir/nginx-start" &
        NGINX_PID=$!
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            sleep 0.1
            kill -0 "$NGINX_PID" 2>/dev/null || break
            nginx_get /small >/dev/null 2>&1 && return 0
        done
        stop_nginx
    done
    echo "nginx did not start: $(cat "$dir/nginx-start" "$dir/nginx-error.log")" >&2
    return 1
}

nginx_count() {
    nginx_get /count | awk 'found { print $3; exit } /server accepts/ { found = 1 }'
}

stop_nginx() {
    [ "$NGINX_PID" ] || return 0
    kill -TERM "$NGINX_PID" 2>/dev/null || true
    wait "$NGINX_PID" 2>/dev/null || true
    NGINX_PID=''
}
