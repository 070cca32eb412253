namespace Orchestrator.Build.Syntax.Checks;

/// <summary>The variables that an instruction asks for.</summary>
internal static class ExpandedWords
{
    public static IEnumerable<string> Of(Instruction instruction, char escape)
    {
        var words = WordsOf(instruction).OfType<string>().SelectMany(word => VariableUse.Of(word, escape));
        var files = Files(instruction)?.Files ?? [];
        return words.Concat(files.Where(file => file.Expand).SelectMany(file => VariableUse.OfText(file.Content)));
    }

    private static IEnumerable<string?> WordsOf(Instruction instruction) => instruction switch
    {
        ArgInstruction arg => arg.Arguments.SelectMany(argument => new[] { argument.Name, argument.Default }),
        EnvInstruction env => env.Variables.SelectMany(pair => new[] { pair.Key, pair.Value }),
        LabelInstruction label => label.Labels.SelectMany(pair => new[] { pair.Key, pair.Value }),
        WorkdirInstruction workdir => [workdir.Path],
        UserInstruction user => [user.User],
        ExposeInstruction expose => expose.Ports,
        VolumeInstruction volume => volume.Paths,
        StopSignalInstruction stop => [stop.Signal],
        RunInstruction run => run.MountTexts,
        AddInstruction add => [add.Checksum, .. WordsOf(add.Files)],
        CopyInstruction copy => WordsOf(copy.Files),
        _ => [],
    };

    private static IEnumerable<string?> WordsOf(CopyFlags files) =>
        [.. files.Sources, files.Destination, files.Chown, files.Chmod];

    private static CopyFlags? Files(Instruction instruction) =>
        (instruction as CopyInstruction)?.Files ?? (instruction as AddInstruction)?.Files;
}
