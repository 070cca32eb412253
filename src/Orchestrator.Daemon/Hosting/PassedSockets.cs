using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Daemon.Startup;

namespace Orchestrator.Daemon.Hosting;

/// <summary>Sockets that systemd opened for us and passed on, which <c>fd://</c> means.</summary>
/// <remarks>Source: sd_listen_fds(3): descriptors from 3 on, so many as LISTEN_FDS says, for LISTEN_PID alone, under
/// the names in LISTEN_FDNAMES.</remarks>
internal static class PassedSockets
{
    private const int First = 3;

    /// <param name="which">A descriptor's number, a name, or empty for all.</param>
    /// <exception cref="StartupException">None were passed, or not that one.</exception>
    public static IReadOnlyList<int> Find(string which) =>
        Find(which, Environment.ProcessId, Environment.GetEnvironmentVariable);

    internal static IReadOnlyList<int> Find(string which, int processId, Func<string, string?> variable)
    {
        var isOurs = variable("LISTEN_PID") == processId.ToString(CultureInfo.InvariantCulture);
        var count = isOurs && int.TryParse(variable("LISTEN_FDS"), out var fds) ? fds : 0;
        if (count == 0)
            throw new StartupException(
                "host is fd://, but no socket was passed; start orchd by systemd's orchd.socket, "
                + "or write unix:///run/orch/orch.sock");
        var names = (variable("LISTEN_FDNAMES") ?? "").Split(':');
        var found = Enumerable.Range(First, count).Where(fd => which.Length == 0
            || which == fd.ToString(CultureInfo.InvariantCulture)
            || which == names.ElementAtOrDefault(fd - First)).ToList();
        return found.Count > 0 ? found : throw new StartupException(
            $"host is fd://{which}, but the sockets passed are {First} to {First + count - 1} "
            + $"({string.Join(", ", names)})");
    }

    /// <summary>The address a TCP socket listens on; null: it is of another family.</summary>
    public static IPEndPoint? EndPointOf(int descriptor)
    {
        using var handle = new SafeSocketHandle(descriptor, ownsHandle: false);
        using var socket = new Socket(handle);
        return socket.LocalEndPoint as IPEndPoint;
    }
}
