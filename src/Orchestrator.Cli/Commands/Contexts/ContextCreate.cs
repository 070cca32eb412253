using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextCreate : Command
{
    private readonly ContextChange _change;
    private readonly ValueFlag<string> _from;

    public ContextCreate()
    {
        _change = new ContextChange(
            Flags, "The daemon: host=ADDRESS,ca=FILE,cert=FILE,key=FILE,skip-tls-verify=true, or from=CONTEXT");
        _from = Flags.String("from", null, "Take all from another context");
    }

    public override string Usage => "[OPTIONS] CONTEXT";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples =>
    [
        "orch context create prod --docker host=tcp://m1:2376,ca=ca.pem,cert=cert.pem,key=key.pem",
        "orch context create far --docker host=ssh://me@far",
        "orch context create here --from default",
    ];

    public override int Run(Session session, List<string> args)
    {
        var (name, store) = (args[0], new ContextStore(session.Folder));
        ContextStore.CheckName(name);
        if (store.Has(name)) throw new CliException($"context \"{name}\" already exists");
        var context = new ContextEntry(name);
        if (_from.IsSet)
        {
            if (_from.Value != ContextEntry.DefaultName)
                context = store.Get(_from.Value) with { Name = name };
            else context = ContextEndpoint.Copy(session, context, ContextEntry.DefaultName);
        }
        else if (!_change.NamesDaemon) context = ContextEndpoint.Copy(session, context, ContextEntry.DefaultName);
        return _change.Keep(session, store, context, "created");
    }
}
