using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Tests.Files;

public sealed class SmallFileTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public void Files_of_any_length_are_read_whole(int length)
    {
        var path = Path.GetTempFileName();
        try
        {
            var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
            File.WriteAllText(path, text);

            Assert.Equal(text, SmallFile.TryRead(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("/proc/self/no-such-file")]
    [InlineData("/proc/self/task")] // A directory.
    public void What_cannot_be_read_is_null(string path) => Assert.Null(SmallFile.TryRead(path));

    [Fact]
    public void Files_of_proc_are_longer_than_they_say() =>
        Assert.Contains("CapPrm:", SmallFile.TryRead("/proc/self/status"), StringComparison.Ordinal);
}
