using System.Text.Json;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Io;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>events</c>: a JSON object a line, of runc's shape: type, id, and for "stats" data.</summary>
internal static class EventsCommand
{
    public static int Execute(Invocation invocation)
    {
        var container = invocation.Container();
        if (container.Status is OciStatus.Stopped or OciStatus.Creating)
            throw new RuntimeException($"container not running: {container.Id}");
        var cgroups = container.Cgroups;
        if (invocation.Arguments.Has("stats"))
            return CommandLine.Print(Stats(container.Id, cgroups));
        Follow(container, cgroups, Sizes.Time("interval", invocation.Arguments["interval"] ?? "5s"));
        return 0;
    }

    /// <summary>Until pid 1 has ended.</summary>
    private static void Follow(Container container, CgroupSet cgroups, TimeSpan interval)
    {
        using var process = container.OpenProcess();
        using var epoll = new Epoll();
        epoll.Watch(process.Fd, PollEvents.In, key: 0);
        var kills = cgroups.OomKills();
        var ready = new (long, PollEvents)[1];
        while (epoll.Wait((int)Math.Min(interval.TotalMilliseconds, int.MaxValue), ready) == 0)
        {
            kills = TellOom(container.Id, cgroups, kills);
            CommandLine.Print(Stats(container.Id, cgroups));
        }

        TellOom(container.Id, cgroups, kills);
    }

    private static long TellOom(string id, CgroupSet cgroups, long before)
    {
        var now = cgroups.OomKills();
        if (now > before)
            CommandLine.Print(StateCommand.Text(json => Event(json, "oom", id, null), indented: false));
        return now;
    }

    private static string Stats(string id, CgroupSet cgroups) => StateCommand.Text(
        json => Event(json, "stats", id, () => StatsJson.Write(json, cgroups)), indented: false);

    private static void Event(Utf8JsonWriter json, string type, string id, Action? data)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteString("id", id);
        if (data is not null)
        {
            json.WritePropertyName("data");
            data();
        }

        json.WriteEndObject();
    }
}
