using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Parsing;
using Orchestrator.Cli.Specs;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary>From the flags of run and create to the body of POST /containers/create.</summary>
internal static class ContainerRequests
{
    /// <param name="args">The image, then the command for it.</param>
    /// <exception cref="CliException">Flags that contradict each other; exit code 125.</exception>
    public static CreateContainerRequest Build(Session session, ContainerFlags flags, List<string> args, bool detach)
    {
        var request = new CreateContainerRequest
        {
            Image = args[0],
            Cmd = args.Count > 1 ? [.. args.Skip(1)] : null,
            Hostname = flags.Hostname.Value,
            Domainname = flags.Domainname.Value,
            User = flags.User.Value,
            Tty = flags.Tty,
            OpenStdin = flags.Interactive,
            Env = EnvList.Read(session, flags.Env, flags.EnvFiles),
            WorkingDir = flags.Workdir.Value,
            Labels = ReadLabels(flags),
            StopSignal = flags.StopSignal.IsSet ? flags.StopSignal.Value : null,
            StopTimeout = (int?)flags.StopTimeout.Value,
            Healthcheck = flags.Health.ToConfig(),
        };
        // An empty --entrypoint clears the image's, which the API writes as a list of one empty string.
        if (flags.Entrypoint.IsSet) request.Entrypoint = [flags.Entrypoint.Value];
        SetAttach(request, flags, detach);
        request.HostConfig = BuildHost(flags, request);
        return request;
    }

    private static HostConfig BuildHost(ContainerFlags flags, CreateContainerRequest request)
    {
        var host = new HostConfig
        {
            AutoRemove = flags.AutoRemove,
            RestartPolicy = ParseRestart(flags.Restart.Value),
            ContainerIDFile = flags.CidFile.Value,
            GroupAdd = flags.Groups.OrNull,
            Annotations = KeyValues.ToMap(flags.Annotations.Values),
            Init = flags.Init.IsSet ? flags.Init.Value : null,
            LogConfig = new LogConfig
            {
                Type = flags.LogDriver.Value,
                Config = KeyValues.ToMap(flags.LogOptions.Values) ?? [],
            },
        };
        if (host.AutoRemove && host.RestartPolicy.Name is not ("" or "no"))
            throw new CliException("conflicting options: cannot specify both --restart and --rm", 125);
        flags.Resources.Apply(host);
        flags.Isolation.Apply(host);
        flags.Network.Apply(request, host);
        flags.Storage.Apply(request, host);
        return host;
    }

    private static void SetAttach(CreateContainerRequest request, ContainerFlags flags, bool detach)
    {
        var streams = flags.Attach.Values.Select(static s => s.ToLowerInvariant()).ToList();
        if (streams.Find(static s => s is not ("stdin" or "stdout" or "stderr")) is { } wrong)
            throw new CliException(
                $"invalid argument \"{wrong}\" for \"-a, --attach\" flag: valid "
                + "streams are STDIN, STDOUT and STDERR", 125);
        if (detach && streams.Count > 0)
            throw new CliException("conflicting options: cannot specify both --attach and --detach", 125);
        if (detach) return;
        var all = streams.Count == 0;
        request.AttachStdout = all || streams.Contains("stdout");
        request.AttachStderr = all || streams.Contains("stderr");
        request.AttachStdin = (all && flags.Interactive) || streams.Contains("stdin");
        request.StdinOnce = request.OpenStdin && request.AttachStdin;
    }

    private static Dictionary<string, string> ReadLabels(ContainerFlags flags) =>
        KeyValues.ToMap(flags.LabelFiles.Values.SelectMany(EnvList.ReadLines).Concat(flags.Labels.Values)) ?? [];

    public static RestartPolicy ParseRestart(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) return new RestartPolicy { Name = text };
        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var max)
            ? new RestartPolicy { Name = text[..colon], MaximumRetryCount = max }
            : throw new CliException("invalid restart policy format: maximum retry count must be an integer", 125);
    }
}
