using Orchestrator.Build.Syntax;

namespace Orchestrator.Build.Tests.Syntax;

/// <summary>What an instruction was read as, on one line, for the rows of a theory.</summary>
internal static class TreeText
{
    public static string Of(Instruction instruction) => instruction switch
    {
        FromInstruction i => $"from {i.Base} as={i.StageName} platform={i.Platform}",
        ArgInstruction i => "arg " + Join(i.Arguments.Select(a => a.Default is null ? a.Name : $"{a.Name}={a.Default}")),
        EnvInstruction i => "env " + Join(i.Variables.Select(Pair)),
        LabelInstruction i => "label " + Join(i.Labels.Select(Pair)),
        MaintainerInstruction i => $"maintainer {i.Maintainer}",
        RunInstruction i => $"run {Of(i.Command)} {i.Network} {i.Security} {Join(i.MountTexts)}".TrimEnd(),
        CmdInstruction i => $"cmd {Of(i.Command)}",
        EntrypointInstruction i => $"entrypoint {Of(i.Command)}",
        CopyInstruction i => $"copy {Of(i.Files)} from={i.From} parents={i.Parents}",
        AddInstruction i => $"add {Of(i.Files)} checksum={i.Checksum} git={i.KeepGitDir} unpack={i.Unpack}",
        WorkdirInstruction i => $"workdir {i.Path}",
        UserInstruction i => $"user {i.User}",
        ExposeInstruction i => "expose " + Join(i.Ports),
        VolumeInstruction i => "volume " + Join(i.Paths),
        StopSignalInstruction i => $"stopsignal {i.Signal}",
        HealthCheckInstruction { Command: null } => "healthcheck none",
        HealthCheckInstruction i => $"healthcheck {Of(i.Command!)} {i.Interval} {i.Timeout} {i.StartPeriod} "
            + $"{i.StartInterval} {i.Retries}",
        ShellInstruction i => "shell " + Join(i.Shell),
        OnBuildInstruction i => $"onbuild {i.Trigger}",
        _ => throw new InvalidOperationException($"no text for {instruction.GetType()}"),
    };

    private static string Of(CommandLine command) => (command.IsShell ? "sh:" : "exec:") + Join(command.Words);

    private static string Of(CopyFlags files) => $"{Join(files.Sources)} > {files.Destination}"
        + (files.Files.IsEmpty ? "" : " files=" + Join(files.Files.Select(file => $"{file.Name}:{file.Text}")))
        + $" {files.Chown} {files.Chmod} link={files.Link} exclude={Join(files.Exclude)}";

    private static string Pair(KeyValue pair) => $"{pair.Key}={pair.Value}" + (pair.IsLegacy ? " (legacy)" : "");

    private static string Join(IEnumerable<string> words) => string.Join('|', words);
}
