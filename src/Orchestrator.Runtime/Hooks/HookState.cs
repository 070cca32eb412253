using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Runtime.Hooks;

/// <summary>A container's state as hooks read it from standard input.</summary>
/// <remarks>Source: OCI runtime-spec 1.2, runtime.md, State.</remarks>
internal sealed record HookState(string Id, string Bundle, Dictionary<string, string>? Annotations)
{
    public string Text(string status, int pid)
    {
        var (before, after) = Around(status);
        return before + pid.ToString(CultureInfo.InvariantCulture) + after;
    }

    /// <summary>What goes before and after the pid, which only who runs the hook may know.</summary>
    public (string Before, string After) Around(string status)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("ociVersion", RuntimeSpec.CurrentVersion);
            json.WriteString("id", Id);
            json.WriteString("status", status);
            json.WriteString("bundle", Bundle);
            json.WriteStartObject("annotations");
            foreach (var (name, value) in Annotations ?? [])
                json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return (Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length - 1) + ",\"pid\":", "}");
    }
}
