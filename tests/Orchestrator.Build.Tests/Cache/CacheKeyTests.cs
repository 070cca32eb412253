using Orchestrator.Build.Cache;

namespace Orchestrator.Build.Tests.Cache;

public sealed class CacheKeyTests
{
    [Fact]
    public void The_same_parts_make_the_same_key()
    {
        Assert.Equal(Key("run", "a", "b"), Key("run", "a", "b"));
    }

    [Fact]
    public void No_two_ways_to_part_a_text_make_the_same_key()
    {
        string[] keys =
        [
            Key("run", "ab"), Key("run", "a", "b"), Key("run", "b", "a"), Key("run", "ab", ""), Key("run", "ab", null),
            Key("copy", "ab"), Key("runa", "b"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    private static string Key(string kind, params string?[] parts)
    {
        using var key = new CacheKey(kind);
        foreach (var part in parts)
            key.Add(part);
        return key.ToString();
    }
}
