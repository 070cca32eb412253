using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Single transactions, for namespaces that are seldom touched.</summary>
public static class Nft
{
    /// <summary>Applies a script in a namespace.</summary>
    /// <exception cref="NftException">Nothing of the script was applied.</exception>
    public static void Apply(NetNamespace ns, string script) => Run(ns, script);

    /// <summary>Output of a listing command, for people and tests; programs keep their own model.</summary>
    public static string List(NetNamespace ns, string command) => Run(ns, command);

    private static string Run(NetNamespace ns, string script)
    {
        var session = NftSession.Open(ns);
        try
        {
            return session.Run(script);
        }
        finally
        {
            ThreadPool.UnsafeQueueUserWorkItem(static s => s.Dispose(), session, preferLocal: false);
        }
    }
}
