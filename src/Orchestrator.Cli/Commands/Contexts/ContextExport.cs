using Orchestrator.Cli.Contexts;

namespace Orchestrator.Cli.Commands.Contexts;

internal sealed class ContextExport : Command
{
    public override string Usage => "[OPTIONS] CONTEXT [FILE|-]";

    public override Arity Arity => new(1, 2);

    public override string[] Examples => ["orch context export prod - | ssh laptop orch context import prod -"];

    public override int Run(Session session, List<string> args)
    {
        var name = args[0];
        if (args.Count == 1 && name != ContextEntry.DefaultName) ContextStore.CheckName(name);
        var context = name == ContextEntry.DefaultName
            ? Endpoint.Default(session.Choice, session.Environment, session.Folder).Context
            : new ContextStore(session.Folder).Get(name);
        var path = args.Count > 1 ? args[1] : name + ".dockercontext";
        if (path == "-") return ToOutput(session, context);
        try
        {
            // With keys in it: its owner's alone, and never over what is there.
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            ContextArchive.Write(context, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"cannot write {path}: {e.Message}", e);
        }
        session.Out.Flush();
        session.Error.WriteLine($"Written file \"{path}\"");
        return 0;
    }

    private static int ToOutput(Session session, ContextEntry context)
    {
        if (session.OutputIsTerminal)
            throw new CliException("cowardly refusing to export to a terminal, specify a file path");
        using var archive = new MemoryStream();
        ContextArchive.Write(context, archive);
        session.RawOutput.Write(archive.GetBuffer().AsSpan(0, (int)archive.Length));
        return 0;
    }
}
