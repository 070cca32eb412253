namespace Orchestrator.Build.Syntax;

/// <summary>A text written into the Dockerfile: <c>&lt;&lt;EOF</c> up to the line <c>EOF</c>.</summary>
/// <param name="Name">The closing word; COPY and ADD name the file so.</param>
/// <param name="Content">The lines with their line feeds, and with the tabs that <paramref name="Chomp"/> takes.</param>
/// <param name="Expand">Whether variables count inside: the word was not quoted.</param>
/// <param name="Chomp">Written <c>&lt;&lt;-</c>: leading tabs of every line go.</param>
/// <param name="FileDescriptor">The number before <c>&lt;&lt;</c>; 0 without one.</param>
public sealed record Heredoc(string Name, string Content, bool Expand, bool Chomp, int FileDescriptor)
{
    /// <summary>The content as a file has it: without the tabs that <see cref="Chomp"/> takes away.</summary>
    public string Text => Chomp ? WithoutTabs(Content) : Content;

    private static string WithoutTabs(string content) =>
        string.Join('\n', content.Split('\n').Select(line => line.TrimStart('\t')));
}
