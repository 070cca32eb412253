using System.Numerics;
using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Security.Tests.Joining;

public sealed class JoinTokenTests
{
    private readonly TestCluster _cluster = new();

    private JoinToken New() => JoinToken.Create(_cluster.Root.Certificate);

    [Fact]
    public void A_token_has_Swarms_shape() =>
        Assert.Matches("^SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}$", New().ToString());

    [Fact]
    public void The_digest_is_the_roots_SHA256_in_base_36()
    {
        var digits = New().ToString().Split('-')[2];

        var number = digits.Aggregate(
            BigInteger.Zero, (sum, c) => (sum * 36) + (char.IsAsciiDigit(c) ? c - '0' : c - 'a' + 10));

        var expected = new BigInteger(SHA256.HashData(_cluster.Root.Certificate.RawData), true, true);
        Assert.Equal(expected, number);
    }

    [Fact]
    public void A_token_read_back_is_the_same()
    {
        var token = New();

        Assert.True(JoinToken.TryParse($" {token}\n", out var parsed));

        Assert.True(parsed.Matches(token.ToString()));
        parsed.CheckRoot(_cluster.Root.Certificate);
    }

    [Fact]
    public void A_rotated_token_does_not_match_the_one_before() => Assert.False(New().Matches(New().ToString()));

    [Fact]
    public void Any_one_character_changed_does_not_match() =>
        Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, 83).ToArbitrary(), at =>
        {
            var token = New();
            var characters = token.ToString().ToCharArray();
            characters[at] = characters[at] == 'x' ? 'y' : 'x';
            return !token.Matches(new string(characters));
        }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("SWMTKN-1-abc-def")]
    [InlineData("SWMTKN-2-00000000000000000000000000000000000000000000000000-0000000000000000000000000")]
    [InlineData("SWMTKN-1-0000000000000000000000000000000000000000000000000A-0000000000000000000000000")]
    [InlineData("SWMTKN-1-00000000000000000000000000000000000000000000000000-0000000000000000000000000-0")]
    public void What_is_no_token_is_refused_with_where_to_get_one(string? text)
    {
        var refusal = Assert.Throws<UserException>(() => JoinToken.Parse(text));

        Assert.Contains("orch swarm join-token", refusal.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_clusters_root_is_refused_with_the_expected_fingerprint()
    {
        using var other = new TestCluster();
        var token = New();

        var refusal = Assert.Throws<UserException>(() => token.CheckRoot(other.Root.Certificate));

        Assert.StartsWith(
            $"remote CA does not match fingerprint. Expected: {token.ToString().Split('-')[2]}", refusal.What, StringComparison.Ordinal);
    }
}
