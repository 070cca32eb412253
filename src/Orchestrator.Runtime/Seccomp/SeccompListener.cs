using System.Text.Json;
using Orchestrator.Linux;
using Orchestrator.Linux.Io;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Seccomp;

/// <summary>Who answers for calls with SCMP_ACT_NOTIFY, and what it is told of the container. Source: OCI runtime-spec
/// 1.2, config-linux.md, The Container Process State.</summary>
/// <param name="Path">A unix socket.</param>
/// <param name="ContainerPid">Null: the process that is filtered is the container's first, and is being made.</param>
internal sealed record SeccompListener(
    string Path, string? Metadata, string Id, string Bundle, Dictionary<string, string>? Annotations, int? ContainerPid)
{
    /// <summary>Takes the listener out of the filtered process and sends it off with one message.</summary>
    /// <param name="fd">Of process <paramref name="pid"/>, a child of ours that waits meanwhile.</param>
    /// <exception cref="RuntimeException">Nobody took it.</exception>
    public void HandOver(int pid, int fd)
    {
        try
        {
            using var process = PidFd.Open(pid);
            using var listener = process.TakeCopy(fd);
            using var socket = UnixSocket.Connect(Path);
            UnixSocket.Send(socket, State(pid), listener);
        }
        catch (LinuxException e)
        {
            throw new RuntimeException(
                $"linux.seccomp.listenerPath: no listener at {Path} took over: {e.Message}; start it first");
        }
    }

    private byte[] State(int pid)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", RuntimeSpec.CurrentVersion);
            json.WriteStartArray("fds");
            json.WriteStringValue("seccompFd");
            json.WriteEndArray();
            json.WriteNumber("pid", pid);
            if (Metadata is { Length: > 0 })
                json.WriteString("metadata", Metadata);
            WriteState(json, pid);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private void WriteState(Utf8JsonWriter json, int pid)
    {
        json.WriteStartObject("state");
        json.WriteString("ociVersion", RuntimeSpec.CurrentVersion);
        json.WriteString("id", Id);
        json.WriteString("status", ContainerPid is null ? "creating" : "running");
        json.WriteNumber("pid", ContainerPid ?? pid);
        json.WriteString("bundle", Bundle);
        if (Annotations is { Count: > 0 })
        {
            json.WriteStartObject("annotations");
            foreach (var (name, value) in Annotations)
                json.WriteString(name, value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
