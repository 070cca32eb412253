using Orchestrator.Api;

namespace Orchestrator.Cli.Commands.Containers;

internal sealed class ContainerPort : Command
{
    public override string Usage => "CONTAINER [PRIVATE_PORT[/PROTO]]";

    public override Arity Arity => new(1, 2);

    public override int Run(Session session, List<string> args)
    {
        var ports = session.Client.Get($"/containers/{Escape(args[0])}/json", ApiJson.Wire.ContainerInspect)
            .NetworkSettings.Ports;
        if (args.Count == 2) return One(session, ports, args[0], args[1]);
        foreach (var (port, bindings) in ports.OrderBy(static p => Number(p.Key)).ThenBy(
            static p => p.Key, StringComparer.Ordinal))
            foreach (var binding in bindings ?? [])
                session.Out.WriteLine($"{port} -> {Address(binding)}");
        return 0;
    }

    private static int One(Session session, Dictionary<string, PortBinding[]?> ports, string name, string port)
    {
        var number = port.Split('/')[0];
        if (!ushort.TryParse(number, out _))
            throw new CliException(
                $"Error: invalid port ({number}): strconv.ParseUint: parsing \"{number}\": invalid syntax");
        var key = port.Contains('/', StringComparison.Ordinal) ? port : port + "/tcp";
        if (!ports.TryGetValue(key, out var bindings) || bindings is null or [])
            throw new CliException($"Error: No public port '{port}' published for {name}");
        foreach (var binding in bindings) session.Out.WriteLine(Address(binding));
        return 0;
    }

    private static string Address(PortBinding binding) =>
        binding.HostIp.Contains(':', StringComparison.Ordinal)
            ? $"[{binding.HostIp}]:{binding.HostPort}" : $"{binding.HostIp}:{binding.HostPort}";

    private static int Number(string key) =>
        int.TryParse(key.AsSpan(0, Math.Max(0, key.IndexOf('/', StringComparison.Ordinal))), out var port) ? port : 0;
}
