namespace Orchestrator.Daemon.Configuration;

internal static class Usage
{
    public const string Text = """
        Usage: orchd [OPTIONS]

        The daemon of one orch node: container engine, and member of a cluster once it has joined one.

          -H, --host URL                     listen here: unix:///path or tcp://address:port (repeatable)
              --data-root DIR                what survives a reboot (default /var/lib/orch)
              --exec-root DIR                what does not (default /run/orch)
          -p, --pidfile FILE                 default /run/orch/orchd.pid
              --config-file FILE             default /etc/orch/orchd.json; keys are named like these flags
          -G, --group NAME                   group that may use the unix socket (default orch)
          -l, --log-level LEVEL              debug, info, warn or error (default info)
          -D, --debug                        same as --log-level debug
          -b, --bridge NAME                  default bridge (default orch0)
              --bip CIDR                     its address
              --mtu BYTES                    default 1500
              --default-address-pool base=CIDR,size=N
              --cgroup-parent PATH           default /orch
              --label KEY=VALUE              of this engine, for placement constraints (repeatable)
              --metrics-addr ADDRESS:PORT    serve Prometheus metrics here
              --dns ADDRESS, --dns-search DOMAIN, --dns-opt OPTION
              --registry-mirror URL, --insecure-registry HOST:PORT
              --max-concurrent-downloads N, --max-concurrent-uploads N
              --log-opt KEY=VALUE            max-size and max-file of containers' logs
              --default-ulimit NAME=SOFT[:HARD], --default-shm-size BYTES
              --userns-remap default|USER[:GROUP]
                                             containers get the subordinate ids of that user (subuid(5))
              --tlsverify, --tlscacert FILE, --tlscert FILE, --tlskey FILE
              --runtime-path FILE, --net-helper-path FILE
          -v, --version
        """;
}
