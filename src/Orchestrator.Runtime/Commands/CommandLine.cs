using System.Text;
using System.Text.Json;
using Orchestrator.Linux.Io;
using Orchestrator.Oci.Bundle;
using Orchestrator.Oci.Shim;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;

namespace Orchestrator.Runtime.Commands;

/// <summary>The command line of an OCI runtime: global flags, a command, its flags, an id.</summary>
internal static class CommandLine
{
    private const int UsageError = 2;

    private static GlobalOptions? given;

    /// <summary>Whatever goes wrong is told on standard error and in the file of <c>--log</c>.</summary>
    public static int Execute(string[] args)
    {
        var options = new GlobalOptions();
        try
        {
            var global = Arguments.Parse(args, GlobalOptions.All);
            given = options = GlobalOptions.From(global);
            return Execute(global, options);
        }
        catch (Exception e) when (
            e is RuntimeException or IOException or UnauthorizedAccessException or InvalidDataException
            or ArgumentException or JsonException)
        {
            var message = e.Message.ReplaceLineEndings(" ");
            ErrorLog.Write(options, "error", message);
            Complain(message);
            return (e as RuntimeException)?.ExitCode ?? 1;
        }
    }

    /// <summary>Tells of what failed and ends nothing: in the log if there is one, for then standard error may be the
    /// container's own.</summary>
    public static void Warn(string message)
    {
        if (given is { Log: not null } options)
            ErrorLog.Write(options, "warning", message);
        else
            Complain(message);
    }

    public static void WarnEach(IEnumerable<string> messages)
    {
        foreach (var message in messages)
            Warn(message);
    }

    public static int Print(string text, int exitCode = 0)
    {
        StandardStreams.Inherited()[1].WriteAll(Encoding.UTF8.GetBytes(text));
        return exitCode;
    }

    private static int Execute(Arguments global, GlobalOptions options)
    {
        if (global.Has("version"))
            return Print($"orch-runtime version 0.1.0\nspec: {RuntimeSpec.CurrentVersion}\n{ShimRevision.Line}\n");
        if (global.Words.Count == 0 || global.Words[0] == "help" || global.Has("help"))
            return ExplainOverall(global);
        var command = CommandTable.Find(global.Words[0])
            ?? throw new RuntimeException($"unknown command \"{global.Words[0]}\"; see orch-runtime --help", UsageError);
        string[] rest = [.. global.Words.Skip(1)];
        var arguments = Arguments.Parse(rest, [.. command.Options, Help.Asked]);
        if (arguments.Has(Help.Asked.Name))
            return Print(Help.Of(command));
        if (options.Debug)
            ErrorLog.Write(options, "debug", $"{command.Name} {string.Join(' ', rest)}");
        return command.Execute(new(options, new StateRoot(options.Root), arguments));
    }

    private static int ExplainOverall(Arguments global)
    {
        var about = global.Words is ["help", var name, ..] ? CommandTable.Find(name) : null;
        var asked = global.Has("help") || global.Words.Count > 0;
        return Print(about is null ? Help.Overview(CommandTable.Public) : Help.Of(about), asked ? 0 : UsageError);
    }

    /// <summary>
    /// One line on standard error. Not through Console, which would start threads and install handlers.
    /// </summary>
    private static void Complain(string message) =>
        StandardStreams.Inherited()[2].WriteAll(Encoding.UTF8.GetBytes($"orch-runtime: {message}\n"));
}
