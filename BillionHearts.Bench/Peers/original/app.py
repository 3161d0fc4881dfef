"""The two calls of the original service that are compared, in as little code as is fair: FastAPI, SQLAlchemy, SQLite.

Debian: apt-get install --no-install-recommends python3-fastapi python3-uvicorn python3-sqlalchemy
Run:    DATABASE=/tmp/original.db /usr/bin/python3 -m uvicorn --app-dir BillionHearts.Bench/Peers/original app:app --port 8000 --no-access-log
"""
import datetime
import os

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, create_engine
from sqlalchemy.ext.declarative import declarative_base
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("sqlite:///" + os.environ["DATABASE"], connect_args={"check_same_thread": False})
SessionLocal = sessionmaker(autocommit=False, autoflush=False, bind=engine)
Base = declarative_base()


class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True, index=True)
    username = Column(String, unique=True, index=True)


class Image(Base):
    __tablename__ = "images"
    id = Column(Integer, primary_key=True, index=True)
    user_id = Column(Integer, ForeignKey("users.id"))
    original_filename = Column(String)
    upload_date = Column(DateTime)
    width = Column(Integer)
    height = Column(Integer)
    file_size = Column(Integer)
    file_type = Column(String)
    storage_path = Column(String)


class UserCreate(BaseModel):
    username: str


class ImageCreate(BaseModel):
    user_id: int
    original_filename: str
    width: int
    height: int
    file_size: int
    file_type: str


class ImageOut(ImageCreate):
    id: int
    upload_date: datetime.datetime
    storage_path: str

    class Config:
        orm_mode = True


Base.metadata.create_all(bind=engine)
app = FastAPI()


def database():
    session = SessionLocal()
    try:
        yield session
    finally:
        session.close()


@app.post("/users/")
def create_user(user: UserCreate, db: Session = Depends(database)):
    row = User(username=user.username)
    db.add(row)
    db.commit()
    db.refresh(row)
    return {"id": row.id, "username": row.username}


@app.post("/images/", response_model=ImageOut)
def create_image(image: ImageCreate, db: Session = Depends(database)):
    if db.query(User).filter(User.id == image.user_id).first() is None:
        raise HTTPException(status_code=404, detail="User not found")
    row = Image(**image.dict(), upload_date=datetime.datetime.utcnow(), storage_path="images/" + image.original_filename)
    db.add(row)
    db.commit()
    db.refresh(row)
    return row


@app.get("/images/{image_id}", response_model=ImageOut)
def get_image(image_id: int, db: Session = Depends(database)):
    row = db.query(Image).filter(Image.id == image_id).first()
    if row is None:
        raise HTTPException(status_code=404, detail="Image not found")
    return row
