using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Syntax.Elements.Types;
using ArchUnitNET.Loader;
using ArchUnitNET.xUnitV3;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace BillionHearts.Tests.Conventions;

/// <summary>The api's rooms depend on each other in one direction, as docs/architecture.md draws it.</summary>
public sealed class RoomTests
{
    private static readonly Architecture s_api = new ArchLoader().LoadAssemblies(typeof(BillionHearts.Api.Platform.Data.Image).Assembly).Build();

    /// <summary>Each room, and the rooms that it may use.</summary>
    private static readonly Dictionary<string, string[]> s_rooms = new()
    {
        ["Platform"] = [],
        ["Accounts"] = ["Platform"],
        ["Pipeline"] = ["Platform", "Accounts"],
        ["Images"] = ["Platform", "Accounts", "Pipeline"],
        ["Uploads"] = ["Platform", "Accounts", "Pipeline", "Images"],
        ["Delivery"] = ["Platform", "Accounts", "Pipeline", "Images"],
    };

    public static TheoryData<string, string> Forbidden => new(
        from room in s_rooms
        from other in s_rooms.Keys
        where other != room.Key && !room.Value.Contains(other)
        select (room.Key, other));

    [Theory]
    [MemberData(nameof(Forbidden))]
    public void A_room_does_not_depend_on_a_room_above_or_beside_it(string room, string other) => NotDepending(room, other).Check(s_api);

    [Fact]
    public void A_dependency_between_rooms_is_seen()
    {
        Assert.False(NotDepending("Uploads", "Images").HasNoViolations(s_api));
        Assert.False(NotDepending("Accounts", "Platform").HasNoViolations(s_api));
    }

    [Fact]
    public void Every_type_of_the_api_is_in_a_room()
    {
        var outside = s_api.Types
            .Where(type => type.FullName.StartsWith("BillionHearts.Api.", StringComparison.Ordinal) && !s_rooms.Keys.Any(room => IsIn(type, room)))
            .Select(type => type.FullName)
            .Where(name => !name.StartsWith("BillionHearts.Api.Migrations.", StringComparison.Ordinal) && !name.Contains('<'));

        Assert.Equal(["BillionHearts.Api.ApiApplication"], outside);
    }

    private static bool IsIn(IType type, string room) => $"{type.FullName}.".StartsWith($"BillionHearts.Api.{room}.", StringComparison.Ordinal);

    private static TypesShouldConjunction NotDepending(string room, string other) =>
        Types().That().ResideInNamespaceMatching(Pattern(room)).Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(Pattern(other)));

    private static string Pattern(string room) => $@"^BillionHearts\.Api\.{room}(\.|$)";
}
