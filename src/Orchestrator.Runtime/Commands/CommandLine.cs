using System.Text;
using Orchestrator.Linux.Io;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Init;
using Orchestrator.Runtime.Shim;

namespace Orchestrator.Runtime.Commands;

/// <summary>The commands of an OCI runtime's command line, and <c>shim</c>.</summary>
internal static class CommandLine
{
    private const string DefaultRoot = "/run/orch/runtime";

    private const string Usage = """
        Usage: orch-runtime [--root DIR] COMMAND

          run    [--bundle DIR] [--pid-file FILE] ID   create, start, wait, delete
        """;

    public static int Execute(string[] args)
    {
        var global = Arguments.Parse(args, ["help", "h", "version", "v", "debug"], ["root", "log", "log-format"]);
        if (global.Has("version") || global.Has("v"))
            return Print("orch-runtime 0.1.0\nspec: 1.2.0\n");
        if (global.Words.Count == 0 || global.Has("help") || global.Has("h"))
            return Print(Usage + "\n", global.Words.Count == 0 && !global.Has("help") && !global.Has("h") ? 2 : 0);
        var root = new StateRoot(global["root"] ?? DefaultRoot);
        var rest = global.Words.Skip(1).ToArray();
        return global.Words[0] switch
        {
            "run" => RunCommand.Execute(root, Arguments.Parse(rest, ["no-pivot"], ["bundle", "b", "pid-file", "console-socket"])),
            "shim" => ShimCommand.Execute(Arguments.Parse(rest, ShimOptions.Switches, ShimOptions.Values)),
            var other => throw new RuntimeException($"unknown command \"{other}\"; see orch-runtime --help", 2),
        };
    }

    /// <summary>One line on standard error. Not through Console, which would start threads and install handlers.</summary>
    public static void Complain(string message) =>
        StandardStreams.Inherited()[2].WriteAll(Encoding.UTF8.GetBytes($"orch-runtime: {message.ReplaceLineEndings(" ")}\n"));

    public static int Print(string text, int exitCode = 0)
    {
        StandardStreams.Inherited()[1].WriteAll(Encoding.UTF8.GetBytes(text));
        return exitCode;
    }
}
