using System.Globalization;
using Orchestrator.Cli.Http;

namespace Orchestrator.Cli.Commands.Networks.Pipes;

/// <summary>Waits until an interface is there and has a carrier.</summary>
internal static class LinkWait
{
    private const string Default = "eth1";

    /// <param name="container">Null: the interface is looked for here, as pipework does from inside a
    /// container.</param>
    /// <param name="limit">Zero: none.</param>
    /// <returns>0, or 1 when the limit is over.</returns>
    public static int Run(Session session, string? container, string name, TimeSpan limit)
    {
        name = name.Length > 0 ? name : Default;
        if (container is null)
            return Here(name, limit) ? 0 : 1;
        var query = new Query().Add("interface", name)
            .Add("seconds", limit.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        session.Client.Post($"/containers/{Uri.EscapeDataString(container)}/network/wait{query}");
        return 0;
    }

    private static bool Here(string name, TimeSpan limit)
    {
        var end = limit > TimeSpan.Zero ? DateTime.UtcNow + limit : DateTime.MaxValue;
        while (!HasCarrier(name))
        {
            if (DateTime.UtcNow > end) return false;
            Thread.Sleep(100);
        }
        return true;
    }

    private static bool HasCarrier(string name)
    {
        try
        {
            return File.ReadAllText($"/sys/class/net/{name}/carrier").Trim() == "1";
        }
        catch (IOException)
        {
            return false; // It is not there, or not up: then its carrier cannot be read.
        }
    }
}
