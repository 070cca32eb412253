using Orchestrator.Cli.Contexts;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextUse : Command
{
    public override string Usage => "CONTEXT";

    public override Arity Arity => Arity.Exactly(1);

    public override string[] Examples => ["orch context use prod && orch node ls"];

    public override int Run(Session session, List<string> args)
    {
        var name = args[0];
        if (name != ContextEntry.DefaultName) new ContextStore(session.Folder).Get(name);
        session.Folder.File.CurrentContext = name == ContextEntry.DefaultName ? "" : name;
        session.Folder.File.Save();
        session.Out.WriteLine(name);
        session.Out.Flush();
        session.Error.WriteLine($"Current context is now \"{name}\"");
        var variable = Array.Find(["ORCH_HOST", "DOCKER_HOST"], v => !string.IsNullOrEmpty(session.Environment(v)));
        if (variable is not null && name != ContextEntry.DefaultName)
            session.Error.WriteLine(
                $"Warning: {variable} environment variable overrides the active context. To use \"{name}\", either set "
                + $"the global --context flag, or unset {variable} environment variable.");
        return 0;
    }
}
