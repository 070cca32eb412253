using Orchestrator.Engine.Containers;
using Orchestrator.Engine.Running;
using Orchestrator.Oci.Bundle;

namespace Orchestrator.Engine.Execs;

/// <summary>A further program of a container in the runtime's terms.</summary>
internal static class ExecProcess
{
    public static ProcessSpec Of(ContainerRecord container, IContainerRun run, ExecSpec spec, string[] hostCapabilities)
    {
        var user = run.ResolveUser(
            spec.User.Length > 0 ? spec.User : container.Process.User, container.Spec.Host.GroupAdd);
        return new ProcessSpec
        {
            Terminal = spec.Tty,
            ConsoleSize = BundleBuilder.Console(spec.Tty, spec.ConsoleSize),
            Args = [.. spec.Command],
            Env = [.. Environment(container, spec, user.Home)],
            Cwd = spec.WorkingDirectory.Length > 0 ? spec.WorkingDirectory : container.Process.WorkingDirectory,
            User = new UserSpec(user.Uid, user.Gid, user.Groups),
            Capabilities = spec.Privileged
                ? ContainerDefaults.CapabilitySets(hostCapabilities, isRoot: true)
                : BundleBuilder.Capabilities(container.Spec.Host, hostCapabilities, user.Uid),
        };
    }

    private static List<string> Environment(ContainerRecord container, ExecSpec spec, string home)
    {
        var hostname = container.Spec.Hostname.Length > 0 ? container.Spec.Hostname : container.ShortId;
        var all = BundleBuilder.Environment(container, hostname, home, spec.Tty).ToList();
        foreach (var variable in spec.Env)
        {
            var name = variable.Split('=', 2)[0] + "=";
            all.RemoveAll(known => known.StartsWith(name, StringComparison.Ordinal));
            if (variable.Contains('='))
                all.Add(variable);
        }

        return all;
    }
}
