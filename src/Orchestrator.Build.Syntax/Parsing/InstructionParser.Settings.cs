namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>What only changes the image's configuration.</summary>
internal static partial class InstructionParser
{
    private static MaintainerInstruction Maintainer(InstructionText text) =>
        new MaintainerInstruction
        {
            Source = text.Source,
            Maintainer = OnlyArgument(text).Text,
        };

    private static WorkdirInstruction Workdir(InstructionText text) =>
        new WorkdirInstruction
        {
            Source = text.Source,
            Path = OnlyArgument(text).Text,
        };

    private static UserInstruction User(InstructionText text) =>
        new UserInstruction
        {
            Source = text.Source,
            User = OnlyArgument(text).Text,
        };

    private static StopSignalInstruction StopSignal(InstructionText text) =>
        new StopSignalInstruction
        {
            Source = text.Source,
            Signal = OnlyArgument(text).Text,
        };

    private static ExposeInstruction Expose(InstructionText text)
    {
        AtLeastOne(text);
        _ = new InstructionFlags(text);
        return new ExposeInstruction
        {
            Source = text.Source,
            Ports = [.. ArgumentWords.AtBlanks(text.Arguments).Select(word => word.Text).Order(StringComparer.Ordinal)],
        };
    }

    private static VolumeInstruction Volume(InstructionText text)
    {
        AtLeastOne(text);
        _ = new InstructionFlags(text);
        var paths = JsonWords.Parse(text, text.Arguments)
            ?? [.. ArgumentWords.AtBlanks(text.Arguments).Select(word => word.Text)];
        if (paths.IsEmpty) throw text.Fault("VOLUME requires at least one argument");
        if (paths.Any(string.IsNullOrWhiteSpace)) throw text.Fault("VOLUME specified can not be an empty string");
        return new VolumeInstruction
        {
            Source = text.Source,
            Paths = [.. paths.Select(path => path.Trim())],
        };
    }

    private static EnvInstruction Env(InstructionText text)
    {
        _ = new InstructionFlags(text);
        return new EnvInstruction
        {
            Source = text.Source,
            Variables = KeyValues(text),
        };
    }

    private static LabelInstruction Label(InstructionText text)
    {
        _ = new InstructionFlags(text);
        return new LabelInstruction
        {
            Source = text.Source,
            Labels = KeyValues(text),
        };
    }

    private static System.Collections.Immutable.ImmutableArray<KeyValue> KeyValues(InstructionText text)
    {
        var words = ArgumentWords.AtOpenBlanks(text.Arguments, text.Escape);
        AtLeastOne(text);
        if (!words[0].Text.Contains('=', StringComparison.Ordinal))
        {
            var (name, value) = ArgumentWords.NameAndRest(text.Arguments)
                ?? throw text.Fault($"{text.Name} must have two arguments");
            return [new KeyValue(name, value, IsLegacy: true)];
        }
        return [.. words.Select(word => KeyValueOf(text, word))];
    }

    private static KeyValue KeyValueOf(InstructionText text, Token word)
    {
        var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw text.Fault(word,
                $"Syntax error - can't find = in {GoText.Quote(word.Text)}. Must be of the form: name=value");
        }
        if (equals == 0) throw text.Fault(word, $"{text.Name} names can not be blank");
        return new KeyValue(word.Text[..equals], word.Text[(equals + 1)..]);
    }
}
