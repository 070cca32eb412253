using Orchestrator.Linux.Netlink;

namespace Orchestrator.Linux.Nftables;

/// <summary>Single transactions, for namespaces that are seldom touched.</summary>
/// <remarks>
/// The library waits with select(2), which ends the process when its socket's number is 1024 or more: that many files are
/// open in one that has many containers, or that others connect to as they please, from one moment to the next. Where that
/// is so, the work is done by a thread that has a low number free.
/// </remarks>
public static class Nft
{
    /// <summary>Applies a script in a namespace.</summary>
    /// <exception cref="NftException">Nothing of the script was applied.</exception>
    public static void Apply(NetNamespace ns, string script) => Run(ns, script);

    /// <summary>Changes elements in a namespace.</summary>
    /// <exception cref="NftException">None was changed.</exception>
    public static void Apply(NetNamespace ns, NftBatch batch)
    {
        if (batch.IsEmpty)
            return;
        var socket = ns.Run(NftSocket.Open);
        try
        {
            socket.Apply(batch);
        }
        finally
        {
            CloseLater(socket);
        }
    }

    /// <summary>Output of a listing command, for people and tests; programs keep their own model.</summary>
    public static string List(NetNamespace ns, string command) => Run(ns, command);

    private static string Run(NetNamespace ns, string script)
    {
        if (ns.Run(NftSession.TryOpenLow) is not { } session)
            return ns.Run(() => OwnDescriptors.Run(NftSession.Open, low => low.Run(script)));
        try
        {
            return session.Run(script);
        }
        finally
        {
            CloseLater(session);
        }
    }

    /// <summary>The kernel keeps who closes waiting for what the last transaction deleted.</summary>
    private static void CloseLater(IDisposable session) =>
        ThreadPool.UnsafeQueueUserWorkItem(static s => s.Dispose(), session, preferLocal: false);
}
