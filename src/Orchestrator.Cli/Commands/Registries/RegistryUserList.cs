using Orchestrator.Api;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Registries;

internal sealed class RegistryUserList : Command
{
    private readonly ValueFlag<string> _format;

    public RegistryUserList() => _format = Flags.Format();

    public override string Usage => "[OPTIONS]";

    public override Arity Arity => Arity.None;

    public override int Run(Session session, List<string> args)
    {
        new Listing<RegistryAccount>(
            ["Name", "Pull", "Push"],
            new("Name", "USER", static a => a.Name),
            new("Pull", "PULL", static a => string.Join(',', a.Pull)),
            new("Push", "PULL AND PUSH", static a => string.Join(',', a.Push)))
        {
            Raw = "name: {{.Name}}\npull: {{.Pull}}\npush: {{.Push}}\n",
        }.Write(session.Out, session.Client.Get("/registry/users", ApiJson.Wire.RegistryAccountArray), _format.Value);
        return 0;
    }
}
