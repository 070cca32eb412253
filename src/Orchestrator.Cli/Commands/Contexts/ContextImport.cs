using Orchestrator.Cli.Commands.Images;
using Orchestrator.Cli.Contexts;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextImport : Command
{
    public override string Usage => "CONTEXT FILE|-";

    public override Arity Arity => Arity.Exactly(2);

    public override string[] Examples => ["orch context import prod prod.dockercontext"];

    public override int Run(Session session, List<string> args)
    {
        var (name, store) = (args[0], new ContextStore(session.Folder));
        ContextStore.CheckName(name);
        if (store.Has(name)) throw new CliException($"context \"{name}\" already exists");
        using var file = args[1] == "-" ? null : ArchiveFile.Open(args[1]);
        store.Put(ContextArchive.Read(file ?? session.Input, name, args[1] == "-" ? "standard input" : args[1]));
        session.Out.WriteLine(name);
        session.Out.Flush();
        session.Error.WriteLine($"Successfully imported context \"{name}\"");
        return 0;
    }
}
