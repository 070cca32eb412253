using Orchestrator.Cli.Contexts;
using Orchestrator.Cli.Parsing;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextRemove : Command
{
    private readonly BoolFlag _force;

    public ContextRemove() => _force = Flags.Bool("force", 'f', "Although it is in use");

    public override string Usage => "CONTEXT [CONTEXT...]";

    public override Arity Arity => Arity.AtLeast(1);

    public override int Run(Session session, List<string> args)
    {
        var store = new ContextStore(session.Folder);
        var errors = new List<string>();
        foreach (var name in args)
        {
            if (Remove(session, store, name) is { } fault) errors.Add(fault);
            else session.Out.WriteLine(name);
        }
        session.Out.Flush();
        foreach (var error in errors) session.Error.WriteLine(error);
        return errors.Count == 0 ? 0 : 1;
    }

    /// <returns>What is wrong; null: it is gone.</returns>
    private string? Remove(Session session, ContextStore store, string name)
    {
        if (name == ContextEntry.DefaultName) return "context \"default\" cannot be removed";
        if (!store.Has(name)) return _force ? null : $"context \"{name}\" does not exist";
        var isCurrent = Endpoint.NameOf(session.Choice, session.Environment, session.Folder) == name;
        if (isCurrent && !_force) return $"context \"{name}\" is in use, set -f flag to force remove";
        if (session.Folder.File.CurrentContext == name)
        {
            session.Folder.File.CurrentContext = "";
            session.Folder.File.Save();
        }
        store.Remove(name);
        return null;
    }
}
