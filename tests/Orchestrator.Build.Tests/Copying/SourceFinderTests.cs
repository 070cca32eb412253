using Orchestrator.Build.Copying;
using Orchestrator.Linux.Files;

namespace Orchestrator.Build.Tests.Copying;

public sealed class SourceFinderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-build-").FullName;
    private readonly DirectoryHandle root;

    public SourceFinderTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "src/sub"));
        foreach (var name in (string[])["src/a.c", "src/b.h", "src/sub/c.c", "top"])
            File.WriteAllText(Path.Combine(folder, name), name);
        File.CreateSymbolicLink(Path.Combine(folder, "way"), "src");
        File.CreateSymbolicLink(Path.Combine(folder, "out"), "../../../../etc/passwd");
        File.CreateSymbolicLink(Path.Combine(folder, "loop"), "loop");
        root = DirectoryHandle.Open(folder);
    }

    [Theory]
    [InlineData("top", "top")]
    [InlineData("/top", "top")]
    [InlineData("src/*.c", "src/a.c")]
    [InlineData("s*/?.*", "src/a.c src/b.h")]
    [InlineData("**/*.c", "src/a.c src/sub/c.c")]
    [InlineData("way/a.c", "src/a.c")]
    [InlineData("../../top", "top")]
    [InlineData("src", "src")]
    [InlineData(".", "")]
    public void A_source_means_files_of_the_tree(string source, string expected) =>
        Assert.Equal(expected, string.Join(' ', Find(source).Select(item => item.Path)));

    [Theory]
    [InlineData("nope")]
    [InlineData("*.nope")]
    [InlineData("out")]
    [InlineData("loop")]
    [InlineData("[")]
    public void What_is_not_in_the_tree_is_not_found_wherever_a_link_leads(string source) =>
        Assert.Throws<BuildException>(() => Find(source));

    [Fact]
    public void With_parents_the_name_is_the_path_from_the_pivot()
    {
        var items = new SourceFinder(root, _ => false, parents: true).Find("./src/./sub/c.c");

        Assert.Equal("sub/c.c", Assert.Single(items).Name);
    }

    public void Dispose()
    {
        root.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private IReadOnlyList<CopyItem> Find(string source) =>
        new SourceFinder(root, _ => false, parents: false).Find(source);
}
