using Orchestrator.Cli.Commands;
using Orchestrator.Cli.Completion;
using Orchestrator.Cli.Http;
using Orchestrator.Cli.Output.Templates;
using Orchestrator.Cli.Parsing;
using Orchestrator.Linux;

namespace Orchestrator.Cli;

/// <summary>From the words of a command line to an exit code.</summary>
internal static class Entry
{
    /// <summary>What was given as a template is none.</summary>
    public const int TemplateError = 64;

    /// <summary>What a shell shows for a program that SIGPIPE ended, as in <c>orch ps | head -1</c>.</summary>
    private const int BrokenPipe = 141;

    public static int Run(string[] args, Session session)
    {
        try
        {
            return Dispatch(args, session);
        }
        catch (CliException e)
        {
            return Fail(session, e.Message, e.ExitCode);
        }
        catch (DaemonException e)
        {
            return Fail(session, e.Message, 1);
        }
        catch (TemplateException e)
        {
            return Fail(session, e.Message, TemplateError);
        }
        catch (LinuxException e) when (e.Errno == Errno.EPIPE)
        {
            return BrokenPipe;
        }
        catch (IOException e)
        {
            return Fail(session, e.Message, 1);
        }
        finally
        {
            Flush(session);
        }
    }

    private static int Dispatch(string[] args, Session session)
    {
        if (args is ["__complete", ..]) return Completer.Run(session, [.. args.Skip(1)]);
        var globals = new GlobalFlags();
        List<string> words;
        try
        {
            words = globals.Flags.Parse(args, interspersed: false);
        }
        catch (UsageException e)
        {
            return Fail(
                session, $"{e.Message}\n\n{Help.RootUsage} [ARG...]\n\nRun 'orch --help' for more information", e.ExitCode);
        }
        session.Choice = globals.ToChoice();

        if (globals.Version) return Catalog.Run(["--version"], session);
        if (words.Count == 0 || globals.Help) return Help.ShowRoot(session, globals.Flags);
        if (words[0] == "help") return Help.Show(session, words[1..], globals.Flags);
        return Catalog.Run(words, session);
    }

    private static int Fail(Session session, string message, int exitCode)
    {
        Flush(session);
        session.Error.WriteLine(message);
        return exitCode;
    }

    private static void Flush(Session session)
    {
        try
        {
            session.Out.Flush();
        }
        catch (IOException)
        {
            // As in `orch ps | head`: the reader has seen enough.
        }
    }
}
