using System.Text;
using System.Text.Json;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>state</c>: runtime-spec's JSON (runtime.md, state), with runc's rootfs, created and owner besides.
/// </summary>
internal static class StateCommand
{
    public static int Execute(Invocation invocation)
    {
        var container = invocation.Container();
        return CommandLine.Print(Text(json => Write(json, container)));
    }

    /// <summary>Indented, with an end of line.</summary>
    public static string Text(Action<Utf8JsonWriter> write, bool indented = true)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = indented }))
            write(json);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    public static void Write(Utf8JsonWriter json, Container container)
    {
        var status = container.Status;
        var spec = SpecOf(container);
        json.WriteStartObject();
        json.WriteString("ociVersion", RuntimeSpec.CurrentVersion);
        json.WriteString("id", container.Id);
        json.WriteNumber("pid", status is OciStatus.Stopped or OciStatus.Creating ? 0 : container.State.Pid);
        json.WriteString("status", Word(status));
        json.WriteString("bundle", container.State.Bundle);
        if (spec?.Root is { } root)
            json.WriteString("rootfs", Path.GetFullPath(root.Path, Absolute(container.State.Bundle)));
        json.WriteString("created", container.State.CreatedAt.UtcDateTime);
        if (spec?.Annotations is { Count: > 0 } annotations)
        {
            json.WriteStartObject("annotations");
            foreach (var (name, value) in annotations)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteString("owner", "");
        json.WriteEndObject();
    }

    public static string Word(OciStatus status) => status switch
    {
        OciStatus.Creating => "creating",
        OciStatus.Created => "created",
        OciStatus.Running => "running",
        OciStatus.Paused => "paused",
        _ => "stopped",
    };

    /// <returns>Null: it was never written, or the bundle is gone. The state can be told all the same.</returns>
    private static RuntimeSpec? SpecOf(Container container)
    {
        try
        {
            return container.Spec;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return null;
        }
    }

    private static string Absolute(string bundle) => Path.IsPathRooted(bundle) ? bundle : "/";
}
