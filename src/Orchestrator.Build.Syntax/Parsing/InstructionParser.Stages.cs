namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>FROM, ARG and ONBUILD.</summary>
internal static partial class InstructionParser
{
    private static FromInstruction From(InstructionText text)
    {
        var words = ArgumentWords.AtBlanks(text.Arguments);
        var isNamed = words.Count == 3 && words[1].Text.Equals("as", StringComparison.OrdinalIgnoreCase);
        if (words.Count != 1 && !isNamed) throw text.Fault("FROM requires either one or three arguments");
        var name = isNamed ? StageName(text, words[2]) : null;
        var flags = new InstructionFlags(text, "platform");
        return new FromInstruction
        {
            Source = text.Source,
            Base = words[0].Text,
            StageName = name,
            WrittenStageName = isNamed ? words[2].Text : null,
            As = isNamed ? words[1].Text : null,
            Platform = flags.Text("platform") is { Length: > 0 } platform ? platform : null,
        };
    }

    private static string StageName(InstructionText text, Token written)
    {
        var name = written.Text.ToLowerInvariant();
        if (char.IsAsciiLetterLower(name[0])
            && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.')) return name;
        throw text.Fault(written, $"invalid name for build stage: {GoText.Quote(written.Text)}, "
            + "name can't start with a number or contain symbols");
    }

    private static ArgInstruction Arg(InstructionText text)
    {
        var words = ArgumentWords.AtOpenBlanks(text.Arguments, text.Escape);
        if (words.Count == 0) throw text.Fault("ARG requires at least one argument");
        return new ArgInstruction
        {
            Source = text.Source,
            Arguments = [.. words.Select(word => Definition(text, word))],
        };
    }

    private static ArgDefinition Definition(InstructionText text, Token word)
    {
        var equals = word.Text.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0) throw text.Fault(word, "ARG names can not be blank");
        return equals < 0 ? new ArgDefinition(word.Text, Default: null)
            : new ArgDefinition(word.Text[..equals], word.Text[(equals + 1)..]);
    }

    private static OnBuildInstruction OnBuild(InstructionText text)
    {
        AtLeastOne(text);
        _ = new InstructionFlags(text);
        var trigger = InstructionText.Split(text.Line, text.Arguments.Offset, text.Escape);
        if (trigger.Name == "ONBUILD")
            throw text.Fault(trigger.Keyword, "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        if (trigger.Name is "FROM" or "MAINTAINER")
            throw text.Fault(trigger.Keyword, $"{trigger.Name} isn't allowed as an ONBUILD trigger");
        // What a child's build would refuse is better refused here, where it can be mended.
        _ = Parse(trigger with { Heredocs = text.Heredocs });
        var bodies = text.Heredocs.Select(heredoc => $"\n{heredoc.Content}{heredoc.Name}");
        return new OnBuildInstruction
        {
            Source = text.Source,
            Trigger = text.Arguments.Text + string.Concat(bodies),
        };
    }
}
