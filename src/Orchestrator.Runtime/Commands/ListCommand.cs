using System.Globalization;
using System.Text;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>list</c>.</summary>
internal static class ListCommand
{
    public static int Execute(Invocation invocation)
    {
        var containers = invocation.Root.Ids().Order(StringComparer.Ordinal)
            .Select(id => Container.Find(invocation.Root, id)).OfType<Container>().ToArray();
        var isJson = Formats.IsJson(invocation.Arguments);
        return CommandLine.Print(
            invocation.Arguments.Has("quiet") ? string.Concat(containers.Select(c => c.Id + "\n"))
            : isJson ? Json(containers)
            : Table(containers));
    }

    private static string Json(Container[] containers) => StateCommand.Text(
        json =>
        {
            json.WriteStartArray();
            foreach (var container in containers)
                StateCommand.Write(json, container);
            json.WriteEndArray();
        },
        indented: false);

    private static string Table(Container[] containers)
    {
        string[][] rows =
        [
            ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"],
            .. containers.Select(Row),
        ];
        int[] widths = [.. Enumerable.Range(0, 6).Select(column => rows.Max(r => r[column].Length))];
        var text = new StringBuilder();
        foreach (var row in rows)
            text.Append(string.Join("   ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()).Append('\n');
        return text.ToString();
    }

    private static string[] Row(Container c)
    {
        var status = c.Status;
        var pid = status is OciStatus.Stopped or OciStatus.Creating ? 0 : c.State.Pid;
        return
        [
            c.Id, pid.ToString(CultureInfo.InvariantCulture), StateCommand.Word(status), c.State.Bundle,
            c.State.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            "root",
        ];
    }
}
