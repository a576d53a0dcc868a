#!/usr/bin/env bash
# A failover drill from a checkout: drill.sh leader-kill --repeat 10. --help tells the rest.
source "$(dirname "$(readlink -f "$0" 2> /dev/null || echo "$0")")/prepare.sh"
exec node "$root/dist/bin/drill.js" "$@"
