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

          run    [--bundle DIR] [--pid-file FILE] ID        create, start, wait, delete
          create [--bundle DIR] [--pid-file FILE] ID        everything up to just before the program
          start  ID                                         execute the program
          exec   [--tty] [--user UID[:GID]] [--cwd DIR] [--env N=V] ID COMMAND [ARG...]
          state  ID                                         as JSON
          list
          kill   ID [SIGNAL]
          delete [--force] ID
          spec   [--bundle DIR]                             write a config.json to begin with
          shim   --id ID --bundle DIR --state DIR           parent of one container (docs/design/shim.md)
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
            "run" => RunCommand.Execute(root, Bundled(rest)),
            "create" => CreateCommand.Create(root, Bundled(rest)),
            "start" => CreateCommand.Start(root, Plain(rest)),
            "exec" => ExecCommand.Execute(
                root, Arguments.Parse(rest, ["tty", "t"], ["user", "u", "cwd", "env", "e", "pid-file"])),
            "state" => StateCommands.State(root, Plain(rest)),
            "list" => StateCommands.List(root),
            "kill" => StateCommands.Kill(root, Plain(rest)),
            "delete" => StateCommands.Delete(root, Arguments.Parse(rest, ["force", "f"], [])),
            "spec" => StateCommands.Spec(Bundled(rest)),
            "shim" => ShimCommand.Execute(Arguments.Parse(rest, ShimOptions.Switches, ShimOptions.Values)),
            var other => throw new RuntimeException($"unknown command \"{other}\"; see orch-runtime --help", 2),
        };
    }

    private static Arguments Bundled(string[] rest) => Arguments.Parse(rest, ["no-pivot"], ["bundle", "b", "pid-file"]);

    private static Arguments Plain(string[] rest) => Arguments.Parse(rest, [], []);

    /// <summary>
    /// One line on standard error. Not through Console, which would start threads and install handlers.
    /// </summary>
    public static void Complain(string message) =>
        StandardStreams.Inherited()[2].WriteAll(
            Encoding.UTF8.GetBytes($"orch-runtime: {message.ReplaceLineEndings(" ")}\n"));

    public static int Print(string text, int exitCode = 0)
    {
        StandardStreams.Inherited()[1].WriteAll(Encoding.UTF8.GetBytes(text));
        return exitCode;
    }
}
