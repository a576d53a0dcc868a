#!/usr/bin/env bash
# A name server and a replicated group of three brokers on this machine, ready to try: fast-try.sh start, then stop. --help tells the rest.
source "$(dirname "$(readlink -f "$0" 2> /dev/null || echo "$0")")/prepare.sh"
exec node "$root/dist/bin/fast-try.js" "$@"
