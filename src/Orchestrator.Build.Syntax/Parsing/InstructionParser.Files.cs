using System.Collections.Immutable;

namespace Orchestrator.Build.Syntax.Parsing;

/// <summary>COPY and ADD.</summary>
internal static partial class InstructionParser
{
    private static CopyInstruction Copy(InstructionText text)
    {
        var words = SourcesAndDestination(text);
        var flags = new InstructionFlags(text, "from", "chown", "chmod", "link?", "parents?", "exclude*");
        return new CopyInstruction
        {
            Source = text.Source,
            Files = Files(text, flags, words),
            From = NotEmpty(flags.Text("from")),
            Parents = flags.Switch("parents") ?? false,
        };
    }

    private static AddInstruction Add(InstructionText text)
    {
        var words = SourcesAndDestination(text);
        var flags = new InstructionFlags(
            text, "chown", "chmod", "link?", "exclude*", "checksum", "keep-git-dir?", "unpack?");
        return new AddInstruction
        {
            Source = text.Source,
            Files = Files(text, flags, words),
            Checksum = NotEmpty(flags.Text("checksum")),
            KeepGitDir = flags.Switch("keep-git-dir"),
            Unpack = flags.Switch("unpack"),
        };
    }

    private static ImmutableArray<string> SourcesAndDestination(InstructionText text)
    {
        var words = JsonWords.Parse(text, text.Arguments)
            ?? [.. ArgumentWords.AtBlanks(text.Arguments).Select(word => word.Text)];
        return words.Length >= 2 ? words : throw text.Fault($"{text.Name} requires at least two arguments, "
            + "but only one was provided. Destination could not be determined");
    }

    private static CopyFlags Files(
        InstructionText text, InstructionFlags flags, ImmutableArray<string> words)
    {
        if (HeredocReader.Opening(words[^1]) is not null)
            throw text.Fault($"{text.Name} cannot accept a heredoc as a destination");
        return new CopyFlags
        {
            Sources = [.. words[..^1].Where(word => HeredocReader.Opening(word) is null)],
            Files = [.. words[..^1].Select(HeredocReader.Opening).OfType<Heredoc>()
                .Select(opening => WithBody(text, opening))],
            Destination = words[^1],
            Chown = NotEmpty(flags.Text("chown")),
            Chmod = NotEmpty(flags.Text("chmod")),
            Link = flags.Switch("link") ?? false,
            Exclude = [.. flags.All("exclude")],
        };
    }

    private static Heredoc WithBody(InstructionText text, Heredoc opening) =>
        text.Heredocs.LastOrDefault(heredoc => heredoc.Name == opening.Name) ?? opening;

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;
}
