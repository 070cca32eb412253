using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Tests.Files;

public sealed class TreeSizeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("orch-size-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Lengths_are_summed_through_folders_and_not_through_links()
    {
        Directory.CreateDirectory(Path.Combine(folder, "a/b"));
        File.WriteAllText(Path.Combine(folder, "a/b/file"), "12345");
        File.WriteAllText(Path.Combine(folder, "large"), new string('x', 10_000));
        File.CreateSymbolicLink(Path.Combine(folder, "link"), folder);

        Assert.Equal(10_005, TreeSize.Of(folder));
    }

    [Fact]
    public void Holes_take_no_room_however_long_they_are()
    {
        for (var i = 0; i < 4; i++)
        {
            using var file = File.Create(Path.Combine(folder, $"{i}"));
            file.SetLength(8L << 40);
        }

        Assert.InRange(TreeSize.Of(folder), 0, 1 << 20);
    }

    [Fact]
    public void What_is_gone_has_nothing() => Assert.Equal(0, TreeSize.Of(Path.Combine(folder, "gone")));
}
