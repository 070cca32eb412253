using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextUpdate : Command
{
    private readonly ValueFlag<string> _description;
    private readonly ValueFlag<string> _docker;

    public ContextUpdate()
    {
        _description = Flags.String("description", null, "What it is for");
        _docker = Flags.String("docker", null, "The daemon, in place of the one it names", typeName: "stringToString");
    }

    public override string Usage => "[OPTIONS] CONTEXT";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch context update prod --docker host=tcp://m2:2376,ca=ca.pem"];

    public override int Run(Session session, List<string> args)
    {
        var (name, store) = (args[0], new ContextStore(session.Folder));
        ContextStore.CheckName(name);
        var context = store.Get(name);
        if (_docker.IsSet) context = ContextEndpoint.Apply(session, context, _docker.Value);
        if (_description.IsSet) context = context with { Description = _description.Value };
        store.Put(context);
        session.Out.WriteLine(name);
        session.Out.Flush();
        session.Error.WriteLine($"Successfully updated context \"{name}\"");
        return 0;
    }
}
