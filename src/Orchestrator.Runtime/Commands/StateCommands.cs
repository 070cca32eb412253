using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>state</c>, <c>list</c>, <c>kill</c>, <c>delete</c>, <c>spec</c>: what needs no process of the
/// container's.
/// </summary>
internal static class StateCommands
{
    public static int State(StateRoot root, Arguments arguments)
    {
        var state = root.Load(arguments.Id());
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", RuntimeSpec.CurrentVersion);
            json.WriteString("id", state.Id);
            json.WriteString("status", Status(state));
            json.WriteNumber("pid", Lives(state) ? state.Pid : 0);
            json.WriteString("bundle", state.Bundle);
            json.WriteString("created", state.CreatedAt);
            json.WriteEndObject();
        }

        return CommandLine.Print(Encoding.UTF8.GetString(stream.ToArray()) + "\n");
    }

    public static int List(StateRoot root)
    {
        var text = new StringBuilder($"{"ID",-20} {"PID",-8} {"STATUS",-10} {"BUNDLE",-32} CREATED\n");
        foreach (var id in root.Ids().Order(StringComparer.Ordinal))
        {
            if (root.Find(id).ReadState() is { } s)
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{id,-20} {(Lives(s) ? s.Pid : 0),-8} {Status(s),-10} {s.Bundle,-32} {s.CreatedAt:O}\n");
        }

        return CommandLine.Print(text.ToString());
    }

    public static int Kill(StateRoot root, Arguments arguments)
    {
        var state = root.Load(arguments.Id());
        var signal = Signals.Parse(arguments.Words.Count > 1 ? arguments.Words[1] : "SIGTERM");
        if (!Lives(state))
            throw new RuntimeException($"container {state.Id} is not running");
        using var process = PidFd.Open(state.Pid);
        if (!Lives(state)) // Between the look and the pidfd it may have ended, and its pid become another's.
            throw new RuntimeException($"container {state.Id} is not running");
        process.Signal(signal);
        return 0;
    }

    public static int Delete(StateRoot root, Arguments arguments)
    {
        var id = arguments.Id();
        var directory = root.Find(id);
        var state = directory.ReadState();
        if (state is not null && Lives(state) && !arguments.Has("force") && !arguments.Has("f")
            && state.Status != ContainerStatus.Created)
            throw new RuntimeException($"cannot delete container {id} that is running; kill it, or use --force");
        if (state is not null && directory.ShimLives() && File.Exists(directory.ControlSocket))
            CreateCommand.Shim(root, arguments).DeleteAsync(CancellationToken.None).GetAwaiter().GetResult();
        else
            Orphan.Remove(directory, state, id);
        return 0;
    }

    public static int Spec(Arguments arguments)
    {
        var bundle = arguments["bundle"] ?? arguments["b"] ?? ".";
        if (File.Exists(Path.Combine(bundle, BundleDirectory.ConfigFile)))
            throw new RuntimeException($"{bundle}/{BundleDirectory.ConfigFile} exists already; remove it first");
        BundleDirectory.Write(bundle, ContainerDefaults.Spec("rootfs", ["sh"], "") with { Hostname = "orch" });
        return 0;
    }

    private static bool Lives(ContainerState state) =>
        ProcessIdentity.Lives(state.BootId, state.Pid, state.PidStartTicks);

    private static string Status(ContainerState state) =>
        Lives(state) ? state.Status.ToString().ToLowerInvariant() : "stopped";
}
