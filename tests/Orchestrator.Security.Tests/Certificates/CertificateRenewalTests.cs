using FsCheck;
using FsCheck.Fluent;

namespace Orchestrator.Security.Tests.Certificates;

public sealed class CertificateRenewalTests
{
    [Fact]
    public void Renewal_falls_between_half_and_four_fifths_of_life() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.Choose(1, 1000).ToArbitrary(), Gen.Choose(0, 999).ToArbitrary(), (hours, random) =>
            {
                var issued = TestCluster.Now;
                var due = CertificateRenewal.DueAt(
                    issued - RootAuthority.Backdating, issued.AddHours(hours), random / 1000.0);
                return due >= issued.AddHours(hours * 0.5) && due <= issued.AddHours(hours * 0.8);
            }));

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(10, 2560)]
    [InlineData(11, 3600)]
    [InlineData(1000, 3600)]
    public void Retries_come_ever_slower_up_to_an_hour(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CertificateRenewal.RetryAfter(failures));
}
