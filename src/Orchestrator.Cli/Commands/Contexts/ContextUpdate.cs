using Orchestrator.Cli.Contexts;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextUpdate : Command
{
    private readonly ContextChange _change;

    public ContextUpdate() => _change = new ContextChange(Flags, "The daemon, in place of the one it names");

    public override string Usage => "[OPTIONS] CONTEXT";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch context update prod --docker host=tcp://m2:2376,ca=ca.pem"];

    public override int Run(Session session, List<string> args)
    {
        var (name, store) = (args[0], new ContextStore(session.Folder));
        ContextStore.CheckName(name);
        return _change.Keep(session, store, store.Get(name), "updated");
    }
}
