using BillionHearts.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace BillionHearts.Tests.Api;

public sealed class MigrationsTests
{
    [Fact]
    public void The_migrations_match_the_model()
    {
        using var db = new DesignTimeContext().CreateDbContext([]);
        var snapshot = db.GetService<IMigrationsAssembly>().ModelSnapshot!.Model;
        var migrated = db.GetService<IModelRuntimeInitializer>().Initialize(snapshot is IMutableModel open ? open.FinalizeModel() : snapshot);

        var missing = db.GetService<IMigrationsModelDiffer>()
            .GetDifferences(migrated.GetRelationalModel(), db.GetService<IDesignTimeModel>().Model.GetRelationalModel());

        Assert.Empty(missing.Select(Describe));
    }

    private static string Describe(MigrationOperation operation) => operation switch
    {
        ColumnOperation column => $"{operation.GetType().Name} {column.Table}.{column.Name} {column.ColumnType}",
        CreateIndexOperation index => $"{operation.GetType().Name} {index.Table}.{index.Name} on {string.Join(", ", index.Columns)}",
        AddForeignKeyOperation key => $"{operation.GetType().Name} {key.Table}.{key.Name}",
        RenameTableOperation table => $"{operation.GetType().Name} {table.Name} to {table.NewName}",
        _ => operation.GetType().Name,
    };
}
