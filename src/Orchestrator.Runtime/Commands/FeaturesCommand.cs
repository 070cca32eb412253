using System.Text.Json;
using Orchestrator.Linux.Processes;
using Orchestrator.Oci.Bundle;
using Orchestrator.Runtime.Plans;
using Orchestrator.Runtime.Seccomp;

namespace Orchestrator.Runtime.Commands;

/// <summary><c>features</c>: what this build implements, whatever the host's kernel has (<c>check</c> tells of that).
/// </summary>
/// <remarks>Source: runtime-spec 1.2, features.md and features-linux.md.</remarks>
internal static class FeaturesCommand
{
    private static readonly string[] Hooks =
        ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"];

    private static readonly string[] Namespaces =
        ["cgroup", "ipc", "mount", "network", "pid", "time", "user", "uts"];

    public static int Execute(Invocation invocation) => CommandLine.Print(StateCommand.Text(Write));

    internal static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("ociVersionMin", "1.0.0");
        json.WriteString("ociVersionMax", RuntimeSpec.CurrentVersion);
        List(json, "hooks", Hooks);
        List(json, "mountOptions", MountOptions.Known.Order(StringComparer.Ordinal));
        json.WriteStartObject("linux");
        List(json, "namespaces", Namespaces);
        List(json, "capabilities", Capabilities.All);
        Cgroup(json);
        Seccomp(json);
        Switch(json, "apparmor", enabled: true);
        Switch(json, "selinux", enabled: true);
        Switch(json, "intelRdt", enabled: false);
        json.WriteStartObject("mountExtensions");
        Switch(json, "idmap", enabled: true);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString(RuntimeSpec.ReaperAnnotation, "true: pid 1 is an init that reaps orphans");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Cgroup(Utf8JsonWriter json)
    {
        json.WriteStartObject("cgroup");
        json.WriteBoolean("v1", true);
        json.WriteBoolean("v2", true);
        json.WriteBoolean("systemd", true);
        json.WriteBoolean("systemdUser", false);
        json.WriteBoolean("rdma", true);
        json.WriteEndObject();
    }

    private static void Seccomp(Utf8JsonWriter json)
    {
        json.WriteStartObject("seccomp");
        json.WriteBoolean("enabled", true);
        List(json, "actions", SeccompWords.Actions);
        List(json, "operators", SeccompWords.Operators);
        List(json, "archs", SeccompWords.Architectures);
        List(json, "knownFlags", SeccompWords.Flags);
        List(json, "supportedFlags", SeccompWords.Flags);
        json.WriteEndObject();
    }

    private static void Switch(Utf8JsonWriter json, string name, bool enabled)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("enabled", enabled);
        json.WriteEndObject();
    }

    private static void List(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
