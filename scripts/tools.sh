#!/usr/bin/env bash
# Runs our port of a Java class that RocketMQ's tools.sh runs: tools.sh org.apache.rocketmq.example.quickstart.Producer. NAMESRV_ADDR names the name servers.
source "$(dirname "$(readlink -f "$0" 2> /dev/null || echo "$0")")/prepare.sh"
exec node "$root/dist/bin/mqexample.js" "$@"
